# The image that a pod or any other job without a shared disk needs: the packages, at the locked versions and hashes.
# The workflow itself and its inputs come from the object store (docs/cluster.md).
#
#     docker build --tag byhand . && docker push …

FROM python:3.12-slim

# rsync: for the storage plugin `fs`.
RUN apt-get update && apt-get install --yes --no-install-recommends rsync && rm -rf /var/lib/apt/lists/*

COPY requirements.lock requirements-storage.lock /tmp/
RUN pip install --no-cache-dir --require-hashes --requirement /tmp/requirements.lock \
    && pip install --no-cache-dir --require-hashes --requirement /tmp/requirements-storage.lock

RUN useradd --create-home byhand
USER byhand
WORKDIR /home/byhand
