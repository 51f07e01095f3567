CREATE TABLE "renewal_requests" (
	"id" uuid NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"user_id" uuid NOT NULL,
	"started_at" timestamp with time zone,
	"run_id" uuid,
	"ended_at" timestamp with time zone,
	"covered" integer,
	"failure" text,
	CONSTRAINT "renewal_requests_pk" PRIMARY KEY("id"),
	CONSTRAINT "renewal_requests_end_check" CHECK (("renewal_requests"."ended_at" is null) = ("renewal_requests"."covered" is null and "renewal_requests"."failure" is null) and "renewal_requests"."covered" >= 0)
);
--> statement-breakpoint
ALTER TABLE "renewal_requests" ADD CONSTRAINT "renewal_requests_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "renewal_requests_user_idx" ON "renewal_requests" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "renewal_requests_requested_idx" ON "renewal_requests" USING btree ("requested_at");--> statement-breakpoint
CREATE UNIQUE INDEX "renewal_requests_open_key" ON "renewal_requests" USING btree (("ended_at" is null)) WHERE "renewal_requests"."ended_at" is null;--> statement-breakpoint
GRANT SELECT, INSERT ON renewal_requests TO mallard_staff;
--> statement-breakpoint
GRANT SELECT, UPDATE (started_at, run_id, ended_at, covered, failure) ON renewal_requests TO mallard_jobs;
