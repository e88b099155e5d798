# One image for every process; docker-compose.yml says which one a container runs.
# GDAL, GEOS and PROJ come inside the wheels, so no system package is needed.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    GRID_STATIC_ROOT=/srv/static GRID_MEDIA=/srv/media

WORKDIR /app
COPY requirements.lock ./
RUN pip install --only-binary :all: --require-hashes -r requirements.lock

COPY . .
# The two values only satisfy the settings while files are collected; nothing keeps them.
RUN DATABASE_URL=postgis://build/build GRID_SECRET_KEY=build \
    python manage.py collectstatic --no-input

RUN useradd --system --uid 10001 --no-create-home grid && install -d -o grid /srv/media
USER grid
VOLUME /srv/media
EXPOSE 8000 8001

CMD ["python", "-m", "granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "4", "--blocking-threads-idle-timeout", "600", \
     "--no-ws", "--workers-kill-timeout", "3", "gis_grid.wsgi:application"]
