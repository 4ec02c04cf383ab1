#!/bin/sh
# Installs what some tests need beyond Python (LibreOffice, Chromium, Chinese fonts) when we may; otherwise those tests skip and say so.
set -eu
missing=""
command -v soffice >/dev/null 2>&1 || missing="$missing libreoffice-writer-nogui"
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
if ! command -v fc-list >/dev/null 2>&1 || [ -z "$(fc-list 'Noto Serif CJK SC' 2>/dev/null)" ]; then missing="$missing fontconfig fonts-noto-cjk"; fi
if ! command -v fc-list >/dev/null 2>&1 || [ -z "$(fc-list 'AR PL UKai CN' 2>/dev/null)" ]; then missing="$missing fonts-arphic-ukai"; fi
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing for the tests:$missing"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null; } ||
        echo "could not install:$missing — the tests that need them will be skipped"
else
    echo "not installed (the tests that need them will be skipped):$missing"
fi
