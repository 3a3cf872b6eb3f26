# A quiet JupyterLab on the project: the index open, no news prompt, no update check, no warning of the kernel or the
# server; menus and notebooks in French when the reader's terminal asks for French (make lab LANG=fr). What the reader
# changes in the settings stays in build/lab. What is saved in notebooks/ is saved as git keeps it, without outputs;
# notebooks of the reader's own have their place in explorations/, and are saved as they are.
import json
import os
import sys
import warnings
from pathlib import Path

from jupyter_core.paths import jupyter_runtime_dir

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from lab_notebooks import committed_form, kernel_transport, reader_language, reader_notebooks  # noqa: E402

PROJECT = HERE.parent
KEPT = PROJECT / "build" / "lab"
LANG = reader_language(os.environ)
NOTEBOOKS = reader_notebooks(PROJECT, LANG).relative_to(PROJECT).as_posix()

defaults = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/translation-extension:plugin": {"locale": {"fr": "fr_FR"}.get(LANG, "en")},
}
(KEPT / "defaults").mkdir(parents=True, exist_ok=True)
(KEPT / "defaults" / "overrides.json").write_text(json.dumps(defaults), encoding="utf-8")


def keep_clean(model, path, **_):
    if model["type"] == "notebook" and path.startswith("notebooks/"):
        model["content"] = committed_form(model["content"])


# The server loads this file twice.
warnings.filterwarnings("ignore", message="Overriding existing pre_save_hook")
c = get_config()  # noqa: F821
c.Application.log_level = "ERROR"
# Whoever runs a container is often root there. Only this machine is listened to, whoever that is.
c.ServerApp.allow_root = getattr(os, "geteuid", lambda: 1)() == 0
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.root_dir = str(PROJECT)
c.ServerApp.websocket_ping_interval = c.ServerApp.websocket_ping_timeout = 30
c.FileContentsManager.pre_save_hook = keep_clean
# How exhibits look (custom.css): on the screen only, never in a notebook.
c.LabApp.custom_css = True
c.ServerApp.tornado_settings = {"static_custom_path": [str(HERE)]}
c.LabApp.default_url = f"/lab/tree/{NOTEBOOKS}/00_index.ipynb"
c.LabApp.app_settings_dir = str(KEPT / "defaults")
c.LabApp.user_settings_dir = str(KEPT / "settings")
c.LabApp.workspaces_dir = str(KEPT / "workspaces")
c.KernelManager.transport = kernel_transport(Path(jupyter_runtime_dir()))
c.KernelManager.transport_encryption = "auto"
