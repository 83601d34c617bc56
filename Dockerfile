# syntax=docker/dockerfile:1
# Two stages: one makes the wheel and the environment from the lock, the other holds only what runs, and not as root.

FROM python:3.11-slim-trixie AS made
WORKDIR /source
RUN python -m pip install --no-cache-dir 'uv>=0.9,<1'
COPY pyproject.toml requirements.lock README.md LICENSE ./
RUN uv venv /tools && uv pip sync --python /tools/bin/python --require-hashes requirements.lock
COPY api api
COPY gis_ce gis_ce
COPY layers layers
COPY maps maps
# The map's JavaScript comes by npm, pinned by hash; the wheel carries it.
RUN PYTHONPATH=/source /tools/bin/python -m maps.vendoring
RUN uv build --wheel --no-build-isolation --python /tools/bin/python --out-dir /wheel .
# Versions and hashes are the lock's; what only the tests need stays behind.
RUN uv venv /gis-ce && uv pip install --python /gis-ce/bin/python --constraint requirements.lock /wheel/*.whl

FROM python:3.11-slim-trixie
# pg_dump, pg_restore and psql for `gis-ce db backup` and `gis-ce db restore`; of the same version as the database.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-17 \
        libglib2.0-0 libx11-6 libxext6 libxrender1 libexpat1 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin gis-ce \
    && install --directory --owner=gis-ce --group=gis-ce /data
COPY --from=made /gis-ce /gis-ce
ENV PATH=/gis-ce/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    GIS_CE_DATA=/data \
    GIS_CE_HOST=0.0.0.0 \
    GIS_CE_PORT=8000
USER gis-ce
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=180s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/ready', timeout=4)"]
CMD ["gis-ce", "serve"]
