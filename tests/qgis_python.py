"""The Python that has QGIS, for the tests that run it without a screen."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest


def python_of_qgis() -> str:
    """The one that GIS_CE_TEST_QGIS_PYTHON names, else the system's own; skips where there is none."""
    for python in (os.environ.get("GIS_CE_TEST_QGIS_PYTHON"), "/usr/bin/python3"):
        if python and shutil.which(python):
            found = subprocess.run([python, "-c", "import qgis.core"], check=False, capture_output=True)
            if found.returncode == 0:
                return python
    pytest.skip("no QGIS here: `deploy/install_test_services.sh qgis` installs it where it can")
