"""Typed SDK and gateway for the VIPeX cloud PBX."""
