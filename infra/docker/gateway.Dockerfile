# Two images from one build:
#   docker build -f infra/docker/gateway.Dockerfile --target gateway -t inference-gateway .
#   docker build -f infra/docker/gateway.Dockerfile --target silo -t inference-gateway-silo --build-arg ACTOR_RUNTIME=Orleans .
#
# ACTOR_RUNTIME: BuiltIn needs nothing but this repository's packages; Orleans is for clusters. All processes of one cluster
# need the same one.
ARG DOTNET_SDK=10.0.401-noble
ARG DOTNET_RUNTIME=10.0.12-noble-chiseled-extra

FROM mcr.microsoft.com/dotnet/sdk:${DOTNET_SDK} AS restore
ARG ACTOR_RUNTIME=BuiltIn
WORKDIR /source
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# What decides about packages, and nothing else: this layer stays until a package changes.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY eng/Engine.props eng/
COPY src/Api/Api.csproj src/Api/
COPY src/Grains/Grains.csproj src/Grains/
COPY src/Grains.Abstractions/Grains.Abstractions.csproj src/Grains.Abstractions/
COPY src/Runtime/Runtime.csproj src/Runtime/
COPY src/Silo/Silo.csproj src/Silo/
COPY src/Storage/Storage.csproj src/Storage/
RUN dotnet restore src/Api/Api.csproj -p:ActorRuntime=${ACTOR_RUNTIME}

FROM restore AS build
ARG ACTOR_RUNTIME=BuiltIn
COPY .editorconfig BannedSymbols.txt ./
COPY src/ src/
# Folders of the final images, which have no shell to make them with.
RUN dotnet publish src/Silo/Silo.csproj --no-restore -c Release -o /out/silo -p:ActorRuntime=${ACTOR_RUNTIME} -p:UseAppHost=false \
 && dotnet publish src/Api/Api.csproj --no-restore -c Release -o /out/gateway -p:ActorRuntime=${ACTOR_RUNTIME} -p:UseAppHost=false \
 && mkdir -p /out/data /out/config && chmod 0700 /out/data

# No shell, no package manager, no root.
FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET_RUNTIME} AS base
WORKDIR /app
COPY LICENSE ./
COPY --from=build --chown=1654:1654 /out/data /data
COPY --from=build /out/config /config
# The root may be read-only: all that is written goes to /data, and the runtime needs no socket for diagnostics.
ENV DATA_DIR=/data GATEWAY_HOME=/config GATEWAY_DEMO=off ASPNETCORE_HTTP_PORTS= DOTNET_EnableDiagnostics=0 DOTNET_NOLOGO=1

STOPSIGNAL SIGTERM

FROM base AS silo
COPY --from=build /out/silo ./
USER 1654:1654
EXPOSE 8081 11111 30000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --start-interval=2s --retries=3 CMD ["dotnet", "Gateway.Silo.dll", "--health", "http://127.0.0.1:8081/health/ready"]
ENTRYPOINT ["dotnet", "Gateway.Silo.dll"]

FROM base AS gateway
COPY --from=build /out/gateway ./
USER 1654:1654
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --start-interval=2s --retries=3 CMD ["dotnet", "Gateway.Api.dll", "--health", "http://127.0.0.1:8000/health/ready"]
ENTRYPOINT ["dotnet", "Gateway.Api.dll"]
