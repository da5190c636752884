"""What do analysts and operators see in the Airflow UI? Airflow itself is not imported here: see plugins/newswatch_plugin.py."""
