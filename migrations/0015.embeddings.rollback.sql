drop trigger forget_embeddings on rooms;
drop function forget_embeddings_of_room();
drop function prepare_message_embeddings();
drop table if exists message_embeddings;
drop table embedding_places;
drop table embedding_spaces;
