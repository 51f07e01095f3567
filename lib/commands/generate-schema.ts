// `npm run db:generate`: writes db/migrations/0000_schema.sql anew from db/schema. Until the first release there is no
// released database to migrate, so the schema is one file and its history is git's.
import { writeFileSync } from "node:fs";
import { schemaStatements } from "./setup/schema-statements";

const statements = await schemaStatements();
const target = new URL("../../db/migrations/0000_schema.sql", import.meta.url);
writeFileSync(target, `${statements.join("\n--> statement-breakpoint\n")}\n`);
process.stdout.write(`db/migrations/0000_schema.sql: ${statements.length} statements\n`);
