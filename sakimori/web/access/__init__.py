"""Access: how a person proves who it is, keeps and loses the means for it, and where it is logged in.

Our own pages over the parts of django-allauth (decision 0009). `factors` is the only module that touches its second
factors, `oidc` the only one that touches its OpenID Connect client.
"""
