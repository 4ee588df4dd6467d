using System.Text;
using Scoring.Core.Memory;

namespace Scoring.Core.Tests.Memory;

public sealed class IdTableSpecs
{
    [Theory]
    [InlineData(0)]
    [InlineData(20_000)]
    [InlineData(60_000)]
    public void Ids_of_any_length_keep_the_numbers_they_were_given_while_the_table_grows(int reserved)
    {
        var table = new IdTable();
        table.Reserve(reserved);
        var ids = Enumerable.Range(0, 60_000).Select(i => Id(i, i % 257)).DistinctBy(id => id.Text).ToList();
        foreach (var id in ids)
        {
            Assert.Equal(-1, table.Find(id.Utf8));
            table.Add(id.Utf8, TextHash.Of(id.Utf8));
        }
        Assert.Equal(ids.Count, table.Count);
        for (var number = 0; number < ids.Count; number++)
        {
            Assert.Equal(number, table.Find(ids[number].Utf8));
            Assert.True(table[number].SequenceEqual(ids[number].Utf8));
        }
        Assert.Equal(-1, table.Find("absent"u8));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(42)]
    [InlineData(ulong.MaxValue)]
    public void Ids_whose_hashes_all_collide_are_still_told_apart(ulong hash)
    {
        var table = new IdTable(rehash: _ => hash);
        for (var i = 0; i < 500; i++)
        {
            Assert.Equal(-1, table.Find(Id(i).Utf8, hash));
            Assert.Equal(i, table.Add(Id(i).Utf8, hash));
        }
        for (var i = 0; i < 500; i++)
        {
            Assert.Equal(i, table.Find(Id(i).Utf8, hash));
        }
        Assert.Equal(-1, table.Find(Id(500).Utf8, hash));
        // A hint may be wrong where hashes collide; it must only never be harmful.
        Assert.InRange(table.PrefetchPlace(hash), 0, 499);
    }

    [Theory]
    [InlineData(1, ulong.MaxValue)]
    [InlineData(2, 3)]
    [InlineData(3, 1)]
    public void Ids_that_are_removed_are_not_found_and_leave_their_room_to_others(int seed, ulong hashes)
    {
        // Few hashes make the runs of full slots long, around the end of the slots too.
        ulong HashOf(byte[] text) => TextHash.Of(text) % hashes * 0x0101_0101_0101_0107;
        var random = new Random(seed);
        var table = new IdTable(rehash: HashOf);
        var numbers = new Dictionary<int, int>();
        var (greatest, most) = (0, 0);
        for (var step = 0; step < 20_000; step++)
        {
            var id = random.Next(300);
            var utf8 = Id(id, id % 50).Utf8;
            var hash = HashOf(utf8);
            Assert.Equal(numbers.GetValueOrDefault(id, -1), table.Find(utf8, hash));
            if (numbers.Remove(id, out var number))
            {
                table.Remove(number);
            }
            else
            {
                numbers[id] = table.Add(utf8, hash);
                greatest = Math.Max(greatest, numbers[id]);
            }
            most = Math.Max(most, numbers.Count);
            Assert.Equal(numbers.Count, table.Count);
        }
        Assert.Equal(most, greatest + 1);
        Assert.Equal(numbers.Keys.Sum(id => (2L + Id(id, id % 50).Utf8.Length + 3) / 4 * 4), table.Bytes);
        foreach (var (id, number) in numbers)
        {
            var utf8 = Id(id, id % 50).Utf8;
            Assert.Equal(number, table.Find(utf8, HashOf(utf8)));
            Assert.True(table[number].SequenceEqual(utf8));
        }
    }

    [Fact]
    public void Hashes_depend_on_every_byte_and_on_the_length()
    {
        for (var length = 0; length <= 70; length++)
        {
            var text = Encoding.UTF8.GetBytes(new string('a', length));
            var hash = TextHash.Of(text);
            Assert.NotEqual(hash, TextHash.Of([.. text, (byte)'a']));
            for (var i = 0; i < length; i++)
            {
                var changed = text.ToArray();
                changed[i] ^= 1;
                Assert.NotEqual(hash, TextHash.Of(changed));
            }
        }
    }

    private static (string Text, byte[] Utf8) Id(int number, int length = 0)
    {
        var text = $"{number}-{new string('x', length)}";
        text = text.Length > 256 ? text[..256] : text;
        return (text, Encoding.UTF8.GetBytes(text));
    }
}
