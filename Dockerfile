# Newswatch on Airflow's official image: every component (api-server, scheduler, dag-processor, triggerer, worker) runs from it.
#   docker build -t newswatch:0.1.0 .
# docker-compose.yml runs all of them; docs/how-to/containers.md tells how. Needed from outside: two databases of one PostgreSQL
# and three secrets that all components share (docs/reference/environment.md).
FROM apache/airflow:3.3.2-python3.12

# Versions come from requirements.lock alone, and every wheel is checked against its hashes there. The lock also names what only
# tests need; `--requirements requirements.in` leaves that out. New folders are writable for the group, as in the image itself.
COPY --chown=airflow:root requirements.in requirements.lock /opt/newswatch/
RUN umask 0002 \
 && uv pip install --no-cache --verify-hashes --requirements /opt/newswatch/requirements.in --constraints /opt/newswatch/requirements.lock \
 && mkdir -p /opt/airflow/newswatch \
 && airflow version

COPY --chown=airflow:root dags /opt/airflow/dags
COPY --chown=airflow:root plugins /opt/airflow/plugins
COPY --chown=airflow:root config /opt/newswatch/config
COPY --chown=airflow:root seeds/model /opt/newswatch/model
COPY --chown=airflow:root seeds/articles /opt/newswatch/articles
COPY --chown=airflow:root plugins/newswatch/runtime/local_settings/airflow_local_settings.py /opt/airflow/config/
COPY --chown=airflow:root --chmod=0755 ops/newswatch /home/airflow/.local/bin/newswatch

# `newswatch` is importable and callable without installing the package a second time.
ENV PYTHONPATH=/opt/airflow/plugins \
    NEWSWATCH_HOME=/opt/airflow/newswatch \
    NEWSWATCH_CONFIG=/opt/newswatch/config \
    NEWSWATCH_MODEL=/opt/newswatch/model \
    NEWSWATCH_SEEDS=/opt/newswatch/articles \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION=False \
    AIRFLOW__CORE__PARALLELISM=8 \
    AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL=60 \
    AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME=0.2 \
    AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL=1

# The image's own entry point and user (airflow, uid 50000) stay as they are.
USER 50000:0
HEALTHCHECK --interval=30s --timeout=20s --start-period=90s --retries=3 \
    CMD ["python", "-m", "newswatch.runtime.alive"]
