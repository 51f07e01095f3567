-- A card that its bank renews under another number has another fingerprint, too.
GRANT UPDATE (fingerprint) ON payment_methods TO mallard_jobs;
