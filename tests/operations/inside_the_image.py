"""Run by a test with the image's Python, environment and folders: does everything load that a component needs? Prints JSON."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

sys.argv = [
    "airflow",
    "scheduler",
]  # a process that forks tasks, in which airflow_local_settings imports for its children

from airflow.cli.cli_parser import airflow_commands  # noqa: E402
from airflow.configuration import conf  # noqa: E402
from airflow.dag_processing.dagbag import BundleDagBag  # noqa: E402
from airflow.plugins_manager import get_plugin_info  # noqa: E402

import newswatch  # noqa: E402

folder = Path(conf.get("core", "dags_folder"))
bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
broken = {}
for module in walk_packages(newswatch.__path__, "newswatch."):
    if module.name.endswith(("__main__", ".env", "train", "local_settings.airflow_local_settings")):
        continue
    try:
        import_module(module.name)
    except Exception as error:  # every kind is a finding
        broken[module.name] = repr(error)
from newswatch.runtime.place import config_folder, home, model_folder  # noqa: E402
from newswatch.settings import load_settings  # noqa: E402
from newswatch.signals.classify import load_classifier  # noqa: E402

settings = load_settings(config_folder())
classifier = load_classifier(model_folder(), settings=settings.signals, actors=settings.actors)
print(
    json.dumps(
        {
            "newswatch": newswatch.__file__,
            "dags": sorted(bag.dags),
            "import_errors": bag.import_errors,
            "plugins": [plugin["name"] for plugin in get_plugin_info()],
            "preloaded": "trafilatura" in sys.modules,
            "broken": broken,
            "home": str(home()),
            "model": classifier.model_sha,
            "executor": conf.get("core", "executor"),
            "options": sorted(
                f"{section}.{key}"
                for section, keys in conf.configuration_description.items()
                for key in keys["options"]
            ),
            "sensitive": sorted(".".join(one) for one in conf.sensitive_config_values),
            "commands": sorted(command.name for command in airflow_commands),
            "secret": conf.get("core", "fernet_key"),
        }
    )
)
