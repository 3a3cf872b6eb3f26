# A quiet JupyterLab: no news prompt, no update check; French menus when the reader's LANG asks for French.
import os

c = get_config()  # noqa: F821
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.ServerApp.log_level = "WARN"
c.KernelManager.transport_encryption = "auto"
c.LabApp.collaborative = False
os.environ.setdefault("JUPYTERLAB_SETTINGS_DIR", os.path.join(os.path.dirname(os.path.abspath(__file__)), "build", "lab"))
