"""The exchange in FastAPI with wechatpy, a worker for each core as FastAPI's deployment guide says.

`WECHAT=http://127.0.0.1:8082 uvicorn server:app --workers 2`

wechatpy waits for WeChat, so the endpoint is a plain function, which FastAPI runs in its thread pool.
"""

import os

from fastapi import FastAPI, Request
from pydantic import BaseModel
from starlette.middleware.sessions import SessionMiddleware
from wechatpy.oauth import WeChatOAuth


class Client(WeChatOAuth):
    """wechatpy's client with another host for WeChat's."""

    API_BASE_URL = os.environ["WECHAT"] + "/"


class Login(BaseModel):
    account: str
    code: str
    verifier: str


app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key="0123456789abcdef0123456789abcdef")


@app.post("/api/session")
def sign_in(login: Login, request: Request):
    # It keeps one user's token, so there is one for each login.
    client = Client("wx00000000000000a1", "simulator-secret-a1", "https://shop.example/", "snsapi_userinfo")
    grant = client.fetch_access_token(login.code)
    user = client.get_user_info()
    session = {
        "openid": user["openid"],
        "unionid": user.get("unionid"),
        "scope": grant["scope"],
        "profile": {"nickname": user["nickname"], "headimgurl": user["headimgurl"]},
    }
    request.session.update(session)
    return session
