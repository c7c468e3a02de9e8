drop table text_index_places;
drop table text_index;
