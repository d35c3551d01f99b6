"""What is offered, a module a subject. A route translates and nothing else."""

from fastapi import APIRouter

from api.http.routes import (
    bursts,
    decisions,
    distances,
    encounters,
    events,
    exchange,
    exclusion_zones,
    forecast,
    keys,
    metrics,
    plans,
    port_reports,
    ports,
    profiles,
    records,
    reservations,
    service,
    streams,
    terminals,
)

ROUTERS: tuple[APIRouter, ...] = (
    decisions.router,
    distances.router,
    streams.router,
    # Before the register: /v1/ports/live is no port.
    port_reports.router,
    ports.router,
    profiles.router,
    forecast.router,
    exchange.router,
    exclusion_zones.router,
    encounters.router,
    reservations.router,
    terminals.router,
    bursts.router,
    records.router,
    events.router,
    keys.router,
    plans.router,
    metrics.router,
    service.router,
)
