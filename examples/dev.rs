use kinfolk::vision::*; use std::time::Instant; use std::io::Write;
fn main(){
 let a:Vec<String>=std::env::args().collect();
 let t=Instant::now(); let e=Engine::load(DeviceChoice::Cpu).unwrap(); println!("load {:?} isa {}",t.elapsed(), kernels::Isa::best().name());
 match a[1].as_str(){
  "bench"=>{
   let img=image::open(&a[2]).unwrap().to_rgb8();
   let d=e.detect(&img,&DetectOptions::default()).unwrap(); for f in d.iter().take(5){println!("{f:?}");}
   let y=yunet::Yunet::load(&candle_core::Device::Cpu).unwrap();
   let mut best=f64::MAX; for _ in 0..60{ let px=vec![100u8;640*640*3]; let t=Instant::now(); y.run(yunet::Input{pixels:px,width:640,height:640}).unwrap(); best=best.min(t.elapsed().as_secs_f64());} println!("yunet 640 {:.2} ms",best*1e3);
   let crop=align(&img,&d[0].landmarks);
   for n in [1usize,2,3,4,8,16]{ let c=vec![crop.clone();n]; let mut best=f64::MAX; for _ in 0..(40/n).max(5){let t=Instant::now(); e.embed(&c).unwrap(); best=best.min(t.elapsed().as_secs_f64());} println!("sface x{n} {:.2} ms/face",best*1e3/n as f64);}
  }
  _=>{}
 }
 std::io::stdout().flush().unwrap();
}
