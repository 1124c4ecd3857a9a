using System.Globalization;
using FsCheck.Fluent;
using Gateway.Abstractions.Limits;
using Gateway.Grains.Limits.Windows;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Limits.Windows;

public sealed class CalendarSpanTests
{
    [Theory]
    [InlineData(WindowKind.Day, "Europe/Berlin", "2026-03-29T10:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")]
    [InlineData(WindowKind.Day, "Europe/Berlin", "2026-10-25T10:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")]
    [InlineData(WindowKind.Day, "America/Chicago", "2026-03-08T12:00:00Z", "2026-03-08T06:00:00Z", "2026-03-09T05:00:00Z")]
    [InlineData(WindowKind.Day, "America/Chicago", "2026-11-01T12:00:00Z", "2026-11-01T05:00:00Z", "2026-11-02T06:00:00Z")]
    [InlineData(WindowKind.Day, "UTC", "2026-12-31T23:59:59.999Z", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData(WindowKind.Day, "Asia/Kathmandu", "2026-06-01T00:00:00Z", "2026-05-31T18:15:00Z", "2026-06-01T18:15:00Z")]
    [InlineData(WindowKind.Week, "UTC", "2026-11-29T23:00:00Z", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z")]
    [InlineData(WindowKind.Week, "UTC", "2026-11-30T00:00:00Z", "2026-11-30T00:00:00Z", "2026-12-07T00:00:00Z")]
    [InlineData(WindowKind.Week, "Europe/Berlin", "2026-03-25T00:00:00Z", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z")]
    [InlineData(WindowKind.Month, "UTC", "2028-02-29T12:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z")]
    [InlineData(WindowKind.Month, "UTC", "2027-02-28T12:00:00Z", "2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z")]
    [InlineData(WindowKind.Month, "America/Chicago", "2026-12-01T05:59:59Z", "2026-11-01T05:00:00Z", "2026-12-01T06:00:00Z")]
    public void A_window_is_that_of_the_calendar_in_its_zone(WindowKind kind, string zone, string at, string begin, string end)
    {
        var span = CalendarSpan.Around(kind, TimeZoneInfo.FindSystemTimeZoneById(zone), Milliseconds(at));

        span.Should().Be(new CalendarSpan(Milliseconds(begin), Milliseconds(end)));
    }

    [Theory]
    [InlineData("Asia/Beirut", "2026-03-28T22:00:00Z", "midnight is skipped")]
    [InlineData("America/Havana", "2026-11-01T04:00:00Z", "midnight comes twice")]
    public void A_day_begins_where_its_date_is_first_seen(string zone, string begin, string why)
    {
        var first = Milliseconds(begin);
        var berlin = TimeZoneInfo.FindSystemTimeZoneById(zone);

        CalendarSpan.Around(WindowKind.Day, berlin, first).Begin.Should().Be(first, why);
        CalendarSpan.Around(WindowKind.Day, berlin, first - 1).End.Should().Be(first, why);
        CalendarSpan.Around(WindowKind.Day, berlin, first + 4_000_000).Begin.Should().Be(first, why);
    }

    [Fact]
    public void Windows_follow_each_other_without_gap_or_overlap()
    {
        string[] zones = ["UTC", "Europe/Berlin", "America/New_York", "America/Havana", "Asia/Beirut", "Africa/Cairo", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago"];
        var start = Milliseconds("2010-01-01T00:00:00Z");
        Properties.Check(
            from zone in Gen.Elements(zones)
            from kind in Gen.Elements(WindowKind.Day, WindowKind.Week, WindowKind.Month)
            from minutes in Gen.Choose(0, 30 * 366 * 24 * 60)
            select (Zone: zone, Kind: kind, At: start + (minutes * 60_000L)),
            sample =>
            {
                var zone = TimeZoneInfo.FindSystemTimeZoneById(sample.Zone);
                var span = CalendarSpan.Around(sample.Kind, zone, sample.At);

                sample.At.Should().BeInRange(span.Begin, span.End - 1);
                CalendarSpan.Around(sample.Kind, zone, span.Begin).Should().Be(span);
                CalendarSpan.Around(sample.Kind, zone, span.End - 1).Should().Be(span);
                CalendarSpan.Around(sample.Kind, zone, span.End).Begin.Should().Be(span.End);
            },
            2_000);
    }

    private static long Milliseconds(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}
