drop table recording_transcripts;
drop table recording_pieces;
drop table recordings;
