"""Files in a store that speaks the protocol of S3, on obstore."""
