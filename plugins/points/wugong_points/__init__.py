"""Points, community currency and volunteer bank (積分·社區幣·志願銀行)."""
