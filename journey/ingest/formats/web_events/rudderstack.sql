/*
# RudderStack's calls follow Segment's spec.
same_as: segment
*/
