# What is below tests/ lists itself.
include $(wildcard tests/*/module.mk)
