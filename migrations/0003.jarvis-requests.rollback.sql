drop table jarvis_requests;
