drop table revoked_tokens;
