# The whole product in one image. libchdb needs glibc, so Debian slim.
FROM node:20-bookworm-slim AS web
WORKDIR /src/infra/web
COPY infra/web/package.json infra/web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY infra/web/ ./
RUN npm run build

FROM node:20-bookworm-slim AS engine
WORKDIR /src/infra/warehouse/embedded/engine
COPY infra/warehouse/embedded/engine/ ./
RUN XDG_CACHE_HOME=/cache ./install.sh
WORKDIR /src/infra/report/font
COPY infra/report/font/ ./
RUN XDG_CACHE_HOME=/cache ./install.sh

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=web /src/infra/web/dist infra/web/dist
RUN CGO_ENABLED=0 go build -trimpath -o /careledger ./cmd/careledger

FROM debian:bookworm-slim
# The data directory is made here, so that a volume mounted there belongs to the user and not to root.
RUN useradd --system --uid 10001 --home-dir /var/lib/careledger --create-home careledger \
	&& install -d -m 0700 -o careledger /var/lib/careledger/data
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /careledger /usr/local/bin/careledger
COPY --from=engine --chown=careledger /cache /var/lib/careledger/.cache
USER careledger
ENV XDG_CACHE_HOME=/var/lib/careledger/.cache CAREL_DATA=/var/lib/careledger/data CAREL_LISTEN=0.0.0.0:8080
VOLUME /var/lib/careledger/data
EXPOSE 8080
ENTRYPOINT ["careledger"]
CMD ["serve"]
