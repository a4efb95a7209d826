using VisionCluster.Grains.Sessions;

namespace VisionCluster.Grains.Tests.Sessions;

public sealed class RescueListTests
{
    private static readonly GrainId[] Sessions = [.. Enumerable.Range(0, 4).Select(i => GrainId.Create("session", $"{i}"))];

    private readonly RescueList _list = new();

    [Fact]
    public void Due_StoreAsItWas_IsNothing()
    {
        Assert.Empty(_list.Due("first", Sessions));
        Assert.Empty(_list.Due("first", Sessions));
    }

    [Fact]
    public void Due_AfterSomeWereRefused_IsJustThoseThatStillLive()
    {
        _list.Due("first", Sessions);
        Assert.Equal(Sessions, _list.Due("second", Sessions));
        _list.Refused([Sessions[1], Sessions[3]]);
        Assert.Equal([Sessions[3]], _list.Due("second", [Sessions[0], Sessions[3]]));
        _list.Refused([]);
        Assert.Empty(_list.Due("second", Sessions));
    }

    [Fact]
    public void Due_EmptiedAgainBeforeAllWereWritten_IsAll()
    {
        _list.Due("first", Sessions);
        _list.Due("second", Sessions);
        _list.Refused([Sessions[0]]);
        Assert.Equal(Sessions, _list.Due("third", Sessions));
    }

    [Fact]
    public void Due_PassThatDidNotEnd_IsAllOfItAgain()
    {
        _list.Due("first", Sessions);
        _list.Due("second", Sessions);
        Assert.Equal(Sessions, _list.Due("second", Sessions));
    }
}
