"""What is offered under ``/v1``, a module a subject. A route translates and nothing else."""

from fastapi import APIRouter

from api.http.routes import (
    decisions,
    distances,
    encounters,
    events,
    exchange,
    keys,
    metrics,
    plans,
    port_reports,
    ports,
    profiles,
    records,
    reservations,
    terminals,
)

ROUTERS: tuple[APIRouter, ...] = (
    decisions.router,
    distances.router,
    # Before the register: /v1/ports/live is no port.
    port_reports.router,
    ports.router,
    profiles.router,
    exchange.router,
    encounters.router,
    reservations.router,
    terminals.router,
    records.router,
    events.router,
    keys.router,
    plans.router,
    metrics.router,
)
