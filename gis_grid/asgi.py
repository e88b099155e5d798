"""The live process: the event stream. It answers /live/ and nothing else."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_grid.settings")
os.environ.setdefault("GRID_URLCONF", "gis_grid.live_urls")
application = get_asgi_application()
