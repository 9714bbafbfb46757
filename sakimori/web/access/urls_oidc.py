"""The addresses of django-allauth's OpenID Connect client, under the names it looks them up by."""

from allauth.socialaccount.providers.openid_connect import views
from django.urls import path

from sakimori.web.access.oidc import safely

urlpatterns = [
    path("<str:provider_id>/login/", safely(views.login), name="openid_connect_login"),
    path("<str:provider_id>/login/callback/", safely(views.callback), name="openid_connect_callback"),
]
