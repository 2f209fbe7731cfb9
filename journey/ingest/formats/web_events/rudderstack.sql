/*
# RudderStack's calls follow Segment's spec.
same_as: segment
known_by:
    - [messageId, type, anonymousId, rudderId]
    - [messageId, type, userId, rudderId]
*/
