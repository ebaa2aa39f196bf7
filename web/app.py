"""The web application: routes, errors, static console. 网页应用"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse, JSONResponse

from web import (
    account_request_routes,
    account_routes,
    attendance_routes,
    audit_routes,
    backfill_routes,
    board_routes,
    call_routes,
    callback_routes,
    control_routes,
    drafting_routes,
    ending_routes,
    errors,
    flow_routes,
    live,
    message_routes,
    metrics,
    notice_routes,
    order_list_routes,
    order_routes,
    people_routes,
    prompt_routes,
    quality_routes,
    recording_routes,
    replay_routes,
    rule_routes,
    sample_routes,
    search_routes,
    seat_definition_routes,
    seat_routes,
    service_level_routes,
    session_routes,
    softphone_routes,
    survey_routes,
    switch_routes,
    system_routes,
)
from web.access import House, Viewer
from web.accounts import Accounts
from web.console_files import ConsoleFiles
from web.noting import Noting
from web.ports import Services
from web.settings import WebSettings

STATIC = Path(__file__).parent / "static"
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "media-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'"
    ),
}


def build_app(services: Services, settings: WebSettings, static: Path = STATIC) -> FastAPI:
    """The application over the given services; starts nothing."""
    app = FastAPI(
        title="12345 hotline",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    app.state.settings = settings
    app.state.softphones = softphone_routes.Switchover()
    app.state.accounts = Accounts(services.users, settings, services.audit)
    errors.install(app)
    app.add_middleware(
        Noting,
        audit=services.audit,
        now=services.now,
        view_again=timedelta(minutes=settings.view_again_minutes),
    )
    app.add_middleware(SecurityHeaders, hsts_days=settings.hsts_days)
    for router in (
        session_routes.router,
        account_routes.router,
        people_routes.router,
        account_request_routes.router,
        seat_definition_routes.router,
        audit_routes.router,
        system_routes.router,
        call_routes.router,
        control_routes.router,
        service_level_routes.router,
        board_routes.router,
        notice_routes.router,
        seat_routes.router,
        attendance_routes.router,
        order_routes.router,
        order_list_routes.router,
        drafting_routes.router,
        callback_routes.router,
        ending_routes.router,
        survey_routes.router,
        message_routes.router,
        prompt_routes.router,
        quality_routes.router,
        recording_routes.router,
        replay_routes.router,
        search_routes.router,
        sample_routes.router,
        backfill_routes.router,
        rule_routes.router,
        flow_routes.router,
        switch_routes.router,
        live.router,
        softphone_routes.router,
    ):
        app.include_router(router)
    _add_health(app)
    _add_console(app, static)
    return app


class SecurityHeaders:
    """Adds the headers to every HTTP answer, without buffering it. 安全响应头"""

    def __init__(self, app: Any, hsts_days: int) -> None:
        self._app = app
        self._always = [(k.lower().encode(), v.encode()) for k, v in SECURITY_HEADERS.items()]
        hsts = (b"strict-transport-security", f"max-age={hsts_days * 86400}".encode())
        self._by_https = [*self._always, hsts] if hsts_days else self._always

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        extra = self._by_https if scope.get("scheme") == "https" else self._always

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def _add_health(app: FastAPI) -> None:
    @app.get("/api/health", tags=["health"])
    async def health(house: House, viewer: Viewer) -> dict[str, Any]:  # noqa: ARG001
        """How each part is, in plain words. 系统状态"""
        parts = house.health.parts()
        return {"parts": [{"name": p.name, "ok": p.ok, "detail": p.detail} for p in parts]}

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        """The process turns. 存活"""
        return Response("ok\n", media_type="text/plain")

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> Response:
        """Calls can be served: every part is well. 就绪"""
        ill = [part.name for part in app.state.services.health.parts() if not part.ok]
        return JSONResponse({"ready": not ill, "ill": ill}, status_code=503 if ill else 200)

    @app.get("/metrics", include_in_schema=False)
    async def metrics_page() -> Response:
        """Prometheus text. 指标"""
        return Response(metrics.page(), media_type="text/plain; version=0.0.4")


def _add_console(app: FastAPI, static: Path) -> None:
    index = static / "index.html"
    root_files = {p.name: p for p in static.iterdir() if p.is_file()} if static.is_dir() else {}
    if (static / "assets").is_dir():
        app.mount("/assets", ConsoleFiles(static / "assets"), name="assets")

    @app.get("/{path:path}", include_in_schema=False)
    async def console(path: str) -> Response:
        """The console; its own router handles the path. 控制台"""
        if path.startswith("api/") or path in ("live", "sip"):
            raise errors.NotFound
        if path in root_files:
            return FileResponse(root_files[path])
        if index.name not in root_files:
            return Response("The console is not built. 控制台尚未构建\n", status_code=503)
        return FileResponse(index, headers={"Cache-Control": "no-cache"})
