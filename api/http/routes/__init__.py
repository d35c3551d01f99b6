"""What is offered under ``/v1``, a module a subject. A route translates and nothing else."""

from fastapi import APIRouter

from api.http.routes import decisions, distances, plans, port_reports, ports

ROUTERS: tuple[APIRouter, ...] = (
    decisions.router,
    distances.router,
    ports.router,
    port_reports.router,
    plans.router,
)
