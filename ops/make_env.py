"""Write the secrets that docker-compose.yml asks for: `python3 ops/make_env.py > .env`. Needs Python and nothing else.

Run it once: other keys than yesterday's cannot read what Airflow has encrypted.
"""

import base64
import os
import secrets

AIRFLOW_USER = 50_000  # of the image; started by root, the containers must not run as root
DATABASES = {"AIRFLOW_DATABASE_URL": "postgresql+psycopg2", "NEWSWATCH_DATABASE_URL": "postgresql"}


def make() -> dict[str, str]:
    """Every variable with its value; none needs quoting anywhere."""
    postgres, redis = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    urls = {
        name: f"{driver}://airflow:{postgres}@postgres/{name.split('_')[0].lower()}"
        for name, driver in DATABASES.items()
    }
    return {
        "COMPOSE_PROFILES": "local",
        "AIRFLOW_UID": str(os.getuid() or AIRFLOW_USER),
        "NEWSWATCH_BIND": "127.0.0.1:8080",
        "NEWSWATCH_BASE_URL": "http://localhost:8080/",
        "NEWSWATCH_METRICS": "False",
        "POSTGRES_PASSWORD": postgres,
        "REDIS_PASSWORD": redis,
        **urls,
        "BROKER_URL": f"redis://:{redis}@redis:6379/0",
        "FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "JWT_SECRET": secrets.token_urlsafe(64),
        "ADMIN_PASSWORD": secrets.token_urlsafe(12),
        "PUSH_KEY": secrets.token_urlsafe(48),
        "FEED_TOKEN": secrets.token_urlsafe(24),
        "GRAFANA_PASSWORD": secrets.token_urlsafe(12),
    }


if __name__ == "__main__":
    print("\n".join(f"{name}={value}" for name, value in make().items()))
