import csv, random, time, cProfile, pstats
from gateway.residents.service.register import import_csv
def test_b(rt, tmp_path):
    r=random.Random(1)
    p=tmp_path/"l.csv"
    n=int(__import__("os").environ.get("N","40000"))
    with p.open("w",newline="") as f:
        w=csv.writer(f); w.writerow("phone,area,language,name,rt,rw,topics,groups,consent_how,consent_when".split(","))
        areas=["33.75.01.1002","Medono","Bendan Kergon","33.75.02.1004","kandang panjang"]
        for i in range(n):
            w.writerow([f"0812{i:08d}" if i%2 else f"+62813{i:08d}", r.choice(areas), r.choice(["id","jv"]), "Siti Aminah", f"{i%9:02d}", f"RW {i%7}", "alert;health" if i%3 else "", "pkk" if i%5==0 else "", "paper", "2026-11-01"])
    for turn in range(2):
        a=time.perf_counter(); c=time.process_time()
        pr=cProfile.Profile() if __import__("os").environ.get("PROF") else None
        if pr: pr.enable()
        k=sum(1 for x in import_csv(rt,p) if x.result!="refused")
        if pr: pr.disable(); pstats.Stats(pr).sort_stats("tottime").print_stats(22)
        b=time.perf_counter()-a
        print("ROWS/S", turn, round(k/b), "cpu/s", round(k/(time.process_time()-c)))
