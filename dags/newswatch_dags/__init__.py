"""What our DAG files share: how a step becomes an Airflow task."""
