package object_test
import ("testing";"context";"time";"math/rand";"os/exec";"path/filepath";"os";"strings";"slices")
func TestZZ(t *testing.T){
 dir:=t.TempDir(); show:=gcc(t,"gcc",showArgs)
 toks:=[]string{"'","\"","\\","_"," ","#","c","$","${H}","a","b","=","-","-i ","-S ","-u ","-C ","--","\t","n","/","\\_","\\c"}
 runs,okc:=0,0
 for i:=0;i<4000;i++{
  s:="-S"; for n:=1+rand.Intn(9);n>0;n--{ s+=toks[rand.Intn(len(toks))] }
  f:="#!/usr/bin/env "+s+"\n"
  sc,err:=readScript(f); if err!=nil{continue}
  prog,as,ok:=sc.Env()
  // make prog available
  for _,e:=range must(os.ReadDir(dir)){os.RemoveAll(filepath.Join(dir,e.Name()))}
  if strings.Contains(prog,"/"){continue}
  if ok { if prog=="script"||prog=="."||prog==".."{continue}; if len(as)>0&&as[0]=="PATH=/bin:/usr/bin"{continue}
   if err:=os.WriteFile(filepath.Join(dir,prog),show,0o755);err!=nil{t.Log(err);continue} }
  // when not ok: provide several programs so that a wrong refusal shows
  if !ok { for _,p:=range []string{"a","b","ab","ba","aa","bb","c","n","_"}{os.WriteFile(filepath.Join(dir,p),show,0o755)} }
  os.WriteFile(filepath.Join(dir,"script"),[]byte(f),0o755)
  ctx,cancel:=context.WithTimeout(t.Context(),300*time.Millisecond); cmd:=exec.CommandContext(ctx,"./script"); cmd.WaitDelay=100*time.Millisecond;cmd.Dir=dir; cmd.Env=[]string{"PATH="+dir+":/usr/bin","H=hh"}
  
  out,err:=cmd.Output(); cancel(); runs++
  if ok { okc++
   if err!=nil||shownArgs(out)[0]!=prog { t.Errorf("%q: want %q %q got %q %v",s,prog,as,out,err) }
   for _,a:=range as{ if !slices.Contains(strings.Split(string(out),"\n"),a){t.Logf("%q assign %q in %q",s,a,out)}}
  } else if err==nil && !strings.Contains(s,"${H}") && !strings.Contains(s,"S") { t.Errorf("%q refused but ran %q",s,out) } else if err==nil && !strings.Contains(s,"${H}") {t.Errorf("%q refused but ran %q",s,out)}
 }
 t.Log(runs,okc)
}
func must[T any](v T,_ error)T{return v}
