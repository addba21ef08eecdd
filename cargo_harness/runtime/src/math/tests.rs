use super::*;
use crate::{errno, Memory};

#[test]
fn exponents_and_remainders() {
    let mut mem = Memory::new(0, &[]);
    let exp = mem.local(0i32);
    assert_eq!((frexp(-10.0, exp, &mut mem), mem.read(exp)), (-0.625, 4));
    assert_eq!((frexp(5e-324, exp, &mut mem), mem.read(exp)), (0.5, -1073));
    assert_eq!((remquo(29.0, -3.0, exp, &mut mem), mem.read(exp)), (-1.0, -2));
    assert_eq!(remainder(5.0, 2.0), 1.0);
    assert_eq!(remainder(7.0, 2.0), -1.0);
    assert_eq!(scalbn(1.0, -1074), 5e-324);
    assert_eq!(ilogb(0.3), -2);
    assert_eq!(lrint(2.5), 2);
    assert_eq!(lround(2.5), 3);
    assert_eq!(lround(1e300), i64::MIN);
}

#[test]
fn errors() {
    let error = |call: &dyn Fn() -> f64| {
        errno::set(0);
        call();
        errno::get()
    };
    assert_eq!(error(&|| sqrt(-1.0)), errno::EDOM);
    assert_eq!(error(&|| log(0.0)), errno::ERANGE);
    assert_eq!(error(&|| exp(1000.0)), errno::ERANGE);
    assert_eq!(error(&|| exp(-1000.0)), errno::ERANGE);
    assert_eq!(error(&|| pow(-8.0, 1.0 / 3.0)), errno::EDOM);
    assert_eq!(error(&|| fmod(1.0, 0.0)), errno::EDOM);
    assert_eq!(error(&|| sqrt(f64::NAN)), 0);
    assert_eq!(error(&|| exp(f64::NEG_INFINITY)), 0);
}

#[test]
fn special_functions() {
    let close = |a: f64, b: f64| assert!((a - b).abs() <= b.abs() * 3e-16, "{a:e} {b:e}");
    close(erf(0.5), 0.520_499_877_813_046_5);
    close(erfc(3.0), 2.209_049_699_858_544e-5);
    close(tgamma(5.0), 24.0);
    close(tgamma(0.5), std::f64::consts::PI.sqrt());
    close(lgamma(100.0), 359.134_205_369_575_4);
    close(j0(1.0), 0.765_197_686_557_966_6);
    close(y1(2.0), -0.107_032_431_540_937_55);
    close(jn(5, 50.0), -0.081_400_247_696_569_63);
    lgamma(-0.5);
    assert_eq!(globals::signgam(), -1);
}
