"""The service: what VIPeX reports is made durable and delivered to a CRM; callers are routed, cards open on desks.

``app`` puts the rooms together, ``serve`` runs them as one process.
"""
