# A quiet JupyterLab on the project: the index open, no news prompt, no update check, no kernel warning; in French when
# the reader's LANG asks for French. What the reader changes there stays in build/lab.
import json
import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent
LAB = PROJECT / "build" / "lab"

defaults = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
if os.environ.get("LANG", "").startswith("fr"):
    defaults["@jupyterlab/translation-extension:plugin"] = {"locale": "fr_FR"}
(LAB / "defaults").mkdir(parents=True, exist_ok=True)
(LAB / "defaults" / "overrides.json").write_text(json.dumps(defaults), encoding="utf-8")

c = get_config()  # noqa: F821
c.ServerApp.root_dir = str(PROJECT)
c.ServerApp.log_level = "WARN"
c.LabApp.default_url = "/lab/tree/notebooks/00_index.ipynb"
c.LabApp.app_settings_dir = str(LAB / "defaults")
c.LabApp.user_settings_dir = str(LAB / "settings")
c.LabApp.workspaces_dir = str(LAB / "workspaces")
c.KernelManager.transport_encryption = "auto"
