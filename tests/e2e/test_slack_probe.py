from __future__ import annotations
from tests.e2e.service import Service, words, labels

async def test_probe(duebot: Service) -> None:
    for m in await duebot.messages():
        print("----", m["ts"], labels(m))
        print(words(m["blocks"]))
    print([ (r.recipients, r.message["Subject"]) for r in duebot.mail.mailbox])
    a = await duebot.card("Birkenhof")
    print("FLAG", await duebot.press(a, "Flag", by="ana"))
    await duebot.app.jobs.deliver()
    print("NOW", await duebot.shown(a))
    print("AGAIN", await duebot.press(a, "Flag", by="bo"))
    v = await duebot.open(a, "Snooze", by="bo")
    print("VIEW", words(v["blocks"]))
    r = await duebot.submit(v, {"length": "7"}, by="bo")
    print("SUB", r.get("errors"), words(r.get("view", {}).get("blocks")))
    await duebot.app.jobs.deliver()
    print("NOW", await duebot.shown(a))
    for t in ("balance birkenhof", "overdue", "invoice AF-1031", "help", "overdu", "balance", "balance zz", "invoice"):
        print("DUE", t, await duebot.command(t, by="ana"))
    print("CY", await duebot.command("overdue", by="cy"))
    b = await duebot.card("Calloway")
    v = await duebot.open(b, "Send reminder", by="ana")
    print("SEND", words(v["blocks"]))
    v = await duebot.open(b, "Payment plan", by="ana")
    print("PLAN", words(v["blocks"]))
    r = await duebot.submit(v, {"deposit":"300", "count":"3"}, by="ana")
    print("PLAN2", r.get("errors"), words(r.get("view", {}).get("blocks")))
    v = await duebot.open(b, "Escalate", by="ana")
    print("ESC", words(v["blocks"]))
    for e in await duebot.audit(): print(e.type, e.actor[:8], e.data)
