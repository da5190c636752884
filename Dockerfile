# Newswatch on Airflow's official image: every component (api-server, scheduler, dag-processor, triggerer, worker) runs from it.
#   docker build -t newswatch .
#   docker run --env-file newswatch.env newswatch scheduler
# Needs from outside: AIRFLOW__DATABASE__SQL_ALCHEMY_CONN and NEWSWATCH_DATABASE_URL (two databases of one PostgreSQL),
# AIRFLOW__CORE__FERNET_KEY, AIRFLOW__API__SECRET_KEY and AIRFLOW__API_AUTH__JWT_SECRET, the same for every component.
FROM apache/airflow:3.3.2-python3.12

# Versions come from requirements.lock alone, and every wheel is checked against its hashes. The lock also names what only
# tests need; `-r requirements.in` leaves that out.
COPY --chown=airflow:root requirements.in requirements.lock /opt/newswatch/
RUN pip install --no-cache-dir uv \
 && uv pip install --no-cache --verify-hashes --requirements /opt/newswatch/requirements.in --constraints /opt/newswatch/requirements.lock \
 && airflow version

COPY --chown=airflow:root dags /opt/airflow/dags
COPY --chown=airflow:root plugins /opt/airflow/plugins
COPY --chown=airflow:root config /opt/newswatch/config
COPY --chown=airflow:root seeds/model /opt/newswatch/model
COPY --chown=airflow:root plugins/newswatch/runtime/local_settings/airflow_local_settings.py /opt/airflow/config/

# `newswatch` is importable and callable without installing the package a second time.
ENV PYTHONPATH=/opt/airflow/plugins \
    NEWSWATCH_HOME=/opt/airflow/newswatch \
    NEWSWATCH_CONFIG=/opt/newswatch/config \
    NEWSWATCH_MODEL=/opt/newswatch/model \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION=False \
    AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL=1 \
    AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME=0.2

# The image's own entry point and user (airflow, uid 50000) stay as they are.
HEALTHCHECK --interval=30s --timeout=20s --start-period=90s --retries=3 \
    CMD ["python", "-c", "import newswatch.storage.session"]
