// gen_flow_logs: deterministic synthetic AWS VPC flow logs (text, gzip parts).
// Counter-based random numbers: any row slice [--from,--to) of a --total-row day can be
// generated alone and is byte-identical to the same slice of the whole.
//   gen_flow_logs --total N [--from A --to B] [--format v2|v5] [--seed S] [--no-header] > out.log
//   gen_flow_logs --total N --gz DIR [--parts 288]       S3-like layout, one gzip member per part
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdint.h>
#include <math.h>
#include <unistd.h>
#include <errno.h>
#include <sys/stat.h>
#include <zlib.h>

typedef uint64_t u64; typedef uint32_t u32;
enum { NENI = 300, NACC = 4, NHOST = 4096, NSCAN = 200 };
static const u64 T0 = 1763769600; // 2025-11-22T00:00:00Z
static u64 seed = 42;
typedef struct { u64 s; } rng;
static inline u64 mix(u64 z){ z=(z^(z>>30))*0xbf58476d1ce4e5b9ULL; z=(z^(z>>27))*0x94d049bb133111ebULL; return z^(z>>31); }
static inline u64 nx(rng*r){ return mix(r->s += 0x9E3779B97F4A7C15ULL); }
static inline u32 below(rng*r,u32 n){ return (u32)(((nx(r)>>32)*(u64)n)>>32); }
static inline double uni(rng*r){ return (double)(nx(r)>>11)*0x1p-53; }

typedef struct { char id[24]; int idlen; char acc[16]; char vpc[24], subnet[32], inst[24], az[16]; u32 ip; int v6; char ip6[40]; int off; int nsrv; int srv[4]; } eni_t;
static eni_t eni[NENI];
static uint16_t eniz[4096];
static u32 hostip[NHOST];
static u32 scanip[NSCAN]; static int scanport[NSCAN];
static const int srvports[]={443,80,22,53,3306,5432,6379,8080,9092,123,389,25,2049,8443,27017,5671};
static const int hotports[]={22,23,3389,445,80,8080,5900,6379,1433,3306,5060,8443,2375,9200,25,21};
static const char *accs[NACC]={"123456789010","210987654321","345678901234","456789012345"};
static float exptab[4097];
static inline u32 zipf_log(rng*r, double lnN){ // P(rank<=k) ~ ln k/ln N
  return (u32)exp(uni(r)*lnN)-1; }
static u32 peer_ip(u32 rank){ u64 h=mix(rank*0x9E3779B97F4A7C15ULL+77); for(;;){ u32 a=(u32)(h>>32); u32 o=a>>24; if(o!=0&&o!=10&&o!=127&&o<224&&o!=172&&o!=192&&o!=169) return a; h=mix(h+1);} }

static void hexs(char*p,u64 h,int n){ static const char*d="0123456789abcdef"; for(int i=0;i<n;i++){ if(i==16)h=mix(h); p[i]=d[(h>>((i&15)*4))&15]; } p[n]=0; }
static void init(void){
  rng r={mix(seed)};
  for(int i=0;i<NENI;i++){ eni_t*e=&eni[i];
    strcpy(e->id,"eni-0"); hexs(e->id+5,nx(&r),16); e->idlen=strlen(e->id);
    int vpc=i%6; strcpy(e->acc,accs[vpc%NACC]);
    strcpy(e->vpc,"vpc-0"); hexs(e->vpc+5,mix(vpc+1000),16);
    int sn=below(&r,16);
    strcpy(e->subnet,"subnet-0"); hexs(e->subnet+8,mix(vpc*100+sn+5000),16);
    strcpy(e->inst,"i-0"); hexs(e->inst+3,nx(&r),16);
    snprintf(e->az,sizeof e->az,"use1-az%d",1+(sn%3));
    e->ip=(10u<<24)|((u32)vpc<<16)|((u32)sn<<12)|(u32)(4+below(&r,4000));
    e->v6=(below(&r,100)<12);
    snprintf(e->ip6,sizeof e->ip6,"2600:1f18:%x:%x:%x:%x:%x:%x",(unsigned)(0x1000+vpc),(unsigned)(0x100+sn),below(&r,65535)+1,below(&r,65535)+1,below(&r,65535)+1,below(&r,65535)+1);
    e->off=(int)below(&r,540)-270; e->nsrv=1+below(&r,3);
    for(int k=0;k<4;k++) e->srv[k]=srvports[below(&r,1+below(&r,16))];
  }
  for(int i=0;i<4096;i++){ double u=(i+0.5)/4096; int k=(int)exp(u*log(NENI+1))-1; if(k>=NENI)k=NENI-1; eniz[i]=k; }
  for(int i=0;i<NHOST;i++) hostip[i]=(10u<<24)|(below(&r,6)<<16)|below(&r,65535);
  for(int i=0;i<NSCAN;i++){ scanip[i]=peer_ip(9000000+i); scanport[i]= (i%5==0)?-1: hotports[below(&r,16)]; }
}
static inline char* putu(char*p,u64 v){ char t[20]; int n=0; do{ t[n++]='0'+v%10; v/=10; }while(v); while(n) *p++=t[--n]; return p; }
static char oct[256][4]; static uint8_t octl[256];
static inline char* putip(char*p,u32 a){ for(int k=24;k>=0;k-=8){ int o=(a>>k)&255; memcpy(p,oct[o],4); p+=octl[o]; *p++='.'; } return p-1; }
static inline char* puts_(char*p,const char*s){ size_t n=strlen(s); memcpy(p,s,n); return p+n; }
static inline char* putip6peer(char*p,u32 rank){ u64 h=mix(rank+123456789); char b[64]; int n=snprintf(b,64,"2001:%x:%x:%x::%x",(unsigned)(0x400+(h&0xff)),(unsigned)((h>>8)&0xffff),(unsigned)((h>>24)&0xffff),(unsigned)((h>>40)&0xffff)|1); memcpy(p,b,n); return p+n; }

static u64 total=10000000; static int v5=0;
static const char*hdr2="version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n";
static const char*hdr5="version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status region az-id sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path\n";
static const u32 SCANNER=(198u<<24)|(51<<16)|(100<<8)|77, NEEDLE=(203u<<24)|(0<<16)|(113<<8)|99;

static char* row(char*p,u64 i){
  rng r={mix(seed*0x2545F4914F6CDD1DULL+i)};
  double day=(double)i/(double)total*86400.0;
  u64 a=nx(&r); eni_t*e=&eni[eniz[a&4095]];
  u32 u=(u32)((a>>12)&0xfffff); // 20 bits
  double f=u*(1.0/1048576);
  u64 start=T0+(u64)day+270+e->off, end=start+ (u64)(below(&r,50)+10);
  int proto=6, ingress=(a>>40)&1, reject=0; u32 sip,dip; int sp,dp; u64 pk,by; int v6=0; u32 prank=0;
  int flags=0;
  if(f<0.0032){ // NODATA / SKIPDATA
    const char*st=f<0.0030?"NODATA":"SKIPDATA";
    if(!v5){ p=puts_(p,"2 "); p=puts_(p,e->acc); *p++=' '; p=puts_(p,e->id); p=puts_(p," - - - - - - - "); p=putu(p,start); *p++=' '; p=putu(p,end); p=puts_(p," - "); p=puts_(p,st); *p++='\n'; return p; }
    p=puts_(p,"5 "); p=puts_(p,e->vpc); *p++=' '; p=puts_(p,e->subnet); *p++=' '; p=puts_(p,e->inst); *p++=' '; p=puts_(p,e->id); *p++=' '; p=puts_(p,e->acc); p=puts_(p," - - - - - - - - - - "); p=putu(p,start); *p++=' '; p=putu(p,end); p=puts_(p," - - "); p=puts_(p,st); p=puts_(p," us-east-1 "); p=puts_(p,e->az); p=puts_(p," - - - - - -\n"); return p;
  }
  u64 b=nx(&r);
  if(i%99991==7){ ingress=1; sip=NEEDLE; dip=e->ip; sp=32768+(b&0x3fff); dp=hotports[(b>>20)&15]; reject=1; pk=1+((b>>30)&1); by=pk*44; flags=2; }
  else if(f<0.0072 && day>=8*3600 && day<14*3600){ ingress=1; sip=SCANNER; dip=e->ip; sp=32768+(b%28232); dp=8088; reject=1; pk=1+((b>>40)%3); by=pk*40; flags=2; }
  else if(f<0.0372){ // scanners
    u32 k=zipf_log(&r,log(NSCAN+1)); if(k>=NSCAN)k=NSCAN-1; ingress=1; sip=scanip[k]; dip=e->ip; sp=1024+(b%64000); dp=scanport[k]<0? 1+(int)((b>>20)%65535):scanport[k]; reject=((b>>50)%20)!=0; pk=1+((b>>40)&1); by=pk*(40+4*((b>>44)&3)); flags=2; if(((b>>56)&15)==0) proto=17; }
  else {
    int internal=f<0.55; u32 peer;
    if(internal){ u32 k=zipf_log(&r,log(NHOST+1.0)); if(k>=NHOST)k=NHOST-1; if((b&7)<5) peer=eni[eniz[(b>>8)&4095]].ip; else peer=hostip[k]; }
    else { prank=zipf_log(&r,log(2000001.0)); peer=peer_ip(prank); v6=e->v6&&((b&3)==0); }
    int server=((b>>20)&7)<5; // the ENI is the server side
    int sport = server? e->srv[((b>>24)&3)%e->nsrv] : srvports[zipf_log(&r,log(17.0))&15];
    int eph=32768+(int)((b>>32)%28232);
    u32 q=(u32)(b>>48)&1023;
    if(q<20){ proto=1; } else if(q<150){ proto=17; if(!server) sport=(q&1)?53:123; }
    if(ingress){ sip=peer; dip=e->ip; sp=server?eph:sport; dp=server?sport:eph; }
    else { sip=e->ip; dip=peer; sp=server?sport:eph; dp=server?eph:sport; }
    if(proto==1){ sp=dp=0; }
    u64 c=nx(&r); u32 rej=(u32)(c&1023);
    if(ingress) reject = internal? rej<25 : rej<140; else reject=rej<12;
    if(reject){ pk=1+((c>>10)&3); by=pk*(40+((c>>14)&31)); flags=2; }
    else { double x=exp(((double)((c>>16)&0xffffff)/16777216.0)*9.0); pk=1+(u64)x; u32 sz=((c>>40)&3)==0?1400:(60+((c>>42)%500)); by=pk*sz+((c>>52)&1023)%(pk*8+1); flags=(c>>50)&1?3:19; }
  }
  const char*act=reject?"REJECT":"ACCEPT";
  if(!v5){
    p=puts_(p,"2 "); memcpy(p,e->acc,12); p+=12; *p++=' '; memcpy(p,e->id,e->idlen); p+=e->idlen; *p++=' ';
    if(v6){ if(ingress){ p=putip6peer(p,prank); *p++=' '; p=puts_(p,e->ip6);} else { p=puts_(p,e->ip6); *p++=' '; p=putip6peer(p,prank);} }
    else { p=putip(p,sip); *p++=' '; p=putip(p,dip); }
    *p++=' '; p=putu(p,sp); *p++=' '; p=putu(p,dp); *p++=' '; p=putu(p,proto); *p++=' '; p=putu(p,pk); *p++=' '; p=putu(p,by); *p++=' '; p=putu(p,start); *p++=' '; p=putu(p,end); *p++=' '; memcpy(p,act,6); p+=6; memcpy(p," OK\n",4); p+=4; return p;
  }
  p=puts_(p,"5 "); p=puts_(p,e->vpc); *p++=' '; p=puts_(p,e->subnet); *p++=' '; p=puts_(p,e->inst); *p++=' '; p=puts_(p,e->id); *p++=' '; p=puts_(p,e->acc); p=puts_(p,v6?" IPv6 ":" IPv4 ");
  for(int rep=0;rep<2;rep++){
    if(v6){ if(ingress){ p=putip6peer(p,prank); *p++=' '; p=puts_(p,e->ip6);} else { p=puts_(p,e->ip6); *p++=' '; p=putip6peer(p,prank);} }
    else { p=putip(p,sip); *p++=' '; p=putip(p,dip); }
    *p++=' ';
    if(!rep){ p=putu(p,sp); *p++=' '; p=putu(p,dp); *p++=' '; }
  }
  p=putu(p,proto); *p++=' '; p=putu(p,by); *p++=' '; p=putu(p,pk); *p++=' '; p=putu(p,start); *p++=' '; p=putu(p,end); *p++=' '; memcpy(p,act,6); p+=6; *p++=' '; p=putu(p,proto==6?flags:0); p=puts_(p," OK us-east-1 "); p=puts_(p,e->az);
  u32 svc=(u32)(b>>13)&63; const char*sv= svc==0?"S3":svc==1?"DYNAMODB":"-";
  p=puts_(p," - - "); p=puts_(p,ingress?sv:"-"); *p++=' '; p=puts_(p,ingress?"-":sv); p=puts_(p,ingress?" ingress -":" egress 1"); *p++='\n';
  return p;
}
static void mkdirs(char*d){ for(char*q=d+1;*q;q++) if(*q=='/'){ *q=0; mkdir(d,0755); *q='/'; } mkdir(d,0755); }
int main(int c,char**v){
  u64 from=0,to=~0ULL; int header=1,parts=288,level=6; const char*gz=0;
  for(int i=1;i<c;i++){ char*a=v[i]; char*n=i+1<c?v[i+1]:0;
    if(!strcmp(a,"--total")) total=strtoull(n,0,10),i++; else if(!strcmp(a,"--from")) from=strtoull(n,0,10),i++; else if(!strcmp(a,"--to")) to=strtoull(n,0,10),i++;
    else if(!strcmp(a,"--format")) v5=!strcmp(n,"v5"),i++; else if(!strcmp(a,"--seed")) seed=strtoull(n,0,10),i++; else if(!strcmp(a,"--no-header")) header=0;
    else if(!strcmp(a,"--gz")) gz=n,i++; else if(!strcmp(a,"--parts")) parts=atoi(n),i++; else if(!strcmp(a,"--level")) level=atoi(n),i++; else { fprintf(stderr,"unknown %s\n",a); return 2; } }
  if(to>total) to=total;
  for(int i=0;i<256;i++){ octl[i]=snprintf(oct[i],4,"%d",i); }
  (void)exptab; init();
  const char*h=v5?hdr5:hdr2;
  size_t cap=8u<<20; char*buf=malloc(cap+8192);
  if(!gz){ char*p=buf; if(header) p=puts_(p,h);
    for(u64 i=from;i<to;i++){ p=row(p,i); if((size_t)(p-buf)>cap){ char*q=buf; while(q<p){ ssize_t w=write(1,q,p-q); if(w<0){perror("write");return 1;} q+=w;} p=buf; } }
    char*q=buf; while(q<p){ ssize_t w=write(1,q,p-q); if(w<0){perror("write");return 1;} q+=w;} return 0; }
  for(int k=0;k<parts;k++){ u64 a=from+(to-from)*k/parts,b=from+(to-from)*(k+1)/parts;
    char dir[512],fn[800]; snprintf(dir,512,"%s/AWSLogs/123456789010/vpcflowlogs/us-east-1/2025/11/22",gz); mkdirs(dir);
    int mins=(int)(1440.0*k/parts); char hx[20]; hexs(hx,mix(k+31337),8);
    snprintf(fn,800,"%s/123456789010_vpcflowlogs_us-east-1_fl-0a1b2c3d4e5f60718_20251122T%02d%02dZ_%s.log.gz",dir,mins/60,mins%60,hx);
    gzFile g=gzopen(fn,level==6?"wb6":level==1?"wb1":"wb9"); gzbuffer(g,1<<20); char*p=puts_(buf,h);
    for(u64 i=a;i<b;i++){ p=row(p,i); if((size_t)(p-buf)>(4u<<20)){ gzwrite(g,buf,p-buf); p=buf; } }
    gzwrite(g,buf,p-buf); gzclose(g); }
  return 0;
}
