"""The database itself refuses to edit history, whoever asks.

The tables' owner, which is the application's own role, can still drop the triggers; what
he does after that no longer fits the hashes, or what the last verification wrote down.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: the ledger is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION audit_refuse_backwards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.seq <= OLD.seq THEN
        RAISE EXCEPTION 'chain % at entry % refused entry %: a chain only grows',
            OLD.id, OLD.seq, NEW.seq USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

ROW_TRIGGERS = """
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_chain_stays BEFORE DELETE ON audit_chain
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_chain_grows BEFORE UPDATE ON audit_chain
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_backwards();
"""

TRUNCATE_TRIGGERS = """
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_chain_no_truncate BEFORE TRUNCATE ON audit_chain
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
"""

DROP_TRUNCATE_TRIGGERS = """
DROP TRIGGER audit_entry_no_truncate ON audit_entry;
DROP TRIGGER audit_chain_no_truncate ON audit_chain;
"""

DROP_ROW_TRIGGERS = """
DROP TRIGGER audit_entry_append_only ON audit_entry;
DROP TRIGGER audit_chain_stays ON audit_chain;
DROP TRIGGER audit_chain_grows ON audit_chain;
"""

DROP_FUNCTIONS = """
DROP FUNCTION audit_refuse();
DROP FUNCTION audit_refuse_backwards();
"""


class Migration(migrations.Migration):

    dependencies = [("audit", "0001_ledger")]

    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.RunSQL(ROW_TRIGGERS, DROP_ROW_TRIGGERS),
        migrations.RunSQL(TRUNCATE_TRIGGERS, DROP_TRUNCATE_TRIGGERS),
    ]
