"""Online recruitment (网络招聘): outlets, screening, disposal with 网信."""
