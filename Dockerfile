# The same steps as CI on a clean machine: make, then `make install-runtime` and `make portal`, then run
# from the source tree. What only building needs stays behind in the first stage.
FROM python:3.12-slim AS built
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /baton
COPY Makefile requirements.lock ./
RUN make install-runtime
COPY portal portal
RUN make portal

FROM python:3.12-slim
WORKDIR /baton
COPY --from=built /baton/.venv .venv
COPY handoff handoff
COPY channels channels
COPY agents agents
COPY prompts prompts
COPY runtime runtime
COPY --from=built /baton/portal/dist portal/dist
RUN useradd --system --home /baton baton && mkdir var && chown baton var
USER baton
ENV BATON_HOST=0.0.0.0 BATON_LOG_FORMAT=json
EXPOSE 8080
HEALTHCHECK CMD [".venv/bin/python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=3)"]
CMD [".venv/bin/python", "-m", "runtime", "serve"]
